"""Texts, chats and chat templates for make_tokenizer_fixtures.py."""

TEXTS = [
    "yes",
    "",
    " ",
    "Is the answer 12? Yes, it is; I'm sure they'll agree.",
    "WE'RE SURE, DON'T WORRY, IT'S FINE.",
    "  two  spaces,   then three",
    "trailing spaces   ",
    "tabs\tand\t\tmore\ttabs ",
    "line one\nline two\n\nline four\n\n\n\nline eight",
    "windows\r\nline\r\n\r\nends\r",
    "\n",
    "\n\n  \n x",
    " \t \n ",
    "1 22 333 4444 55555 3.14159 -2e10 1,000,000",
    "½ cup, x² + y³ = Ⅳ, ① ②, 10⁵",
    "สวัสดีครับ วันนี้อากาศดีมาก",
    "ราคา ๑๒๓ บาท",
    "مرحبا بالعالم، كيف حالك؟",
    "العدد ٤٥٦ والنصف",
    "مَرْحَبًا",
    "नमस्ते दुनिया, आप कैसे हैं?",
    "संख्या ७८९ है।",
    "你好，世界！今天天气怎么样？",
    "我有3个苹果。",
    "𠀀𪜀 rare ideographs",
    "こんにちは、世界。カタカナとﾊﾝｶｸ",
    "안녕하세요 세계, 오늘은 어때요?",
    "\u1112\u1161\u11ab\u1100\u1173\u11af",
    "café naïve größe Ångström",
    "cafe\u0301 nai\u0308ve o\u0323\u0307",
    "Ελλάδα ΟΔΟΣ ΣΊΣΥΦΟΣ Σ",
    "İstanbul ıssız Straße ŒUVRE ﬁne",
    "Привет, мир! Ёлка и йод.",
    "שלום עולם, מה שלומך?",
    "😀 grin 😀😀",
    "family: 👨\u200d👩\u200d👧\u200d👦, flag: 🇩🇪, hand: 👍🏽",
    "❤️ vs ❤, keycap 1️⃣",
    "def f(x):\n    return [i ** 2 for i in range(x)]  # squares\n",
    "const f = (a, b) => `${a}: ${b ?? 'none'}`;\n\tif (!x) { y++; }\n",
    "for (let i=0;i<10;i++){console.log(i!==3&&i>2);}",
    "<div class=\"a\">&nbsp;text</div>",
    "SELECT * FROM t WHERE a_b = 'c''d' -- note",
    "C:\\path\\to\\file /usr/bin/env",
    "https://example.org/a?b=c&d=%20#frag",
    "me@example.org, @you, #tag, $5.00, 5 % ~ ^ | `x`",
    "snake_case camelCase PascalCase kebab-case SCREAMING_CASE",
    "control \u0000 \u0001 \u0007 \u001b[31m \u007f end",
    "bom \ufeff inside, nel \u0085 inside, nbsp \u00a0 and ideographic \u3000 space",
    "\ufeffbom first",
    "zero\u200bwidth\u200cnon\u200djoiner \u2060 \u00ad soft",
    "line\u2028separator\u2029paragraph \u2003em space",
    "\u202eright to left\u202c",
    "“quotes” ‘single’ – en — em … ellipsis «guillemets»",
    "long ſ: it'ſ, kelvin \u212a, 'S 'T 'LL 'Ve",
    "a<s>b</s>c <unk> [UNK]",
    "say <|im_start|>user\nhi<|im_end|> in text",
    "<|endoftext|>",
    "<|begin_of_text|>x<|eot_id|> y",
    "[INST] not mine [/INST] <start_of_turn>model\nz<end_of_turn>",
    "▁ lower ▁▁ block ▁x",
    "<0x0A> bytes <0xFF>",
    "<think> hm </think>",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "........ ------ ====== !!!??? ((()))",
    "\ue000 private \ufffd replacement \U0010ffff last",
    "᠎ mongolian ្ khmer ជំរាបសួរ ក្រុង",
    "தமிழ் மொழி, ಕನ್ನಡ, বাংলা ১২৩",
    "don’t l’été l'été",
]

TRAINING = [text for text in TEXTS if text] + [
    "the cat sat on the mat and the dog sat on the log",
    "what is the answer to the question? the answer is that there is no answer",
    "user asks, the assistant answers; the system says to be kind",
    "return the list of the words that are in the text and not in the other text",
    "one two three four five six seven eight nine ten",
    "she sells sea shells by the sea shore, and he reads the red book in bed",
] * 3

CHATS = [
    [{"role": "user", "content": "Is that so?"}, {"role": "assistant", "content": "Yes, it is."}],
    [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "what is the answer?"},
        {"role": "assistant", "content": "there is no answer"},
    ],
    [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": "hi!"},
        {"role": "user", "content": "你好 <s> 😀?"},
        {"role": "assistant", "content": "def f(x):\n    return x  # é 😀"},
    ],
    [
        {"role": "system", "content": "system says:\n- one\n- two"},
        {"role": "user", "content": "first\n\nsecond"},
        {"role": "assistant", "content": "1. a\n2. b"},
        {"role": "user", "content": "more"},
        {"role": "assistant", "content": "[/INST] the answer is 42."},
    ],
]

PLAIN = (
    "{% for m in messages %}{{ m.role }}: {{ m.content | trim }}{{ eos_token if m.role == 'assistant' else '\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}"
)
CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' ~ m.role ~ '\n' ~ m.content ~ '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
QWEN2 = "{% if messages[0].role != 'system' %}{{ '<|im_start|>system\nHelp people.<|im_end|>\n' }}{% endif %}" + CHATML
QWEN3 = (
    "{% for m in messages %}{{ '<|im_start|>' ~ m.role ~ '\n' }}"
    "{% if m.role == 'assistant' and loop.last %}{{ '<think>\n\n</think>\n\n' }}{% endif %}"
    "{{ m.content ~ '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
LLAMA3 = (
    "{{ bos_token }}{% for m in messages %}"
    "{{ '<|start_header_id|>' ~ m.role ~ '<|end_header_id|>\n\n' ~ (m.content | trim) ~ '<|eot_id|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"
)
LLAMA2 = (
    "{% for m in messages %}{% if m.role == 'user' %}"
    "{% set first = messages[0].role == 'system' and loop.index0 == 1 %}"
    "{{ bos_token ~ '[INST] ' ~ ('<<SYS>>\n' ~ messages[0].content ~ '\n<</SYS>>\n\n' if first else '') "
    "~ (m.content | trim) ~ ' [/INST]' }}"
    "{% elif m.role == 'assistant' %}{{ ' ' ~ (m.content | trim) ~ ' ' ~ eos_token }}{% endif %}{% endfor %}"
)
MISTRAL = (
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}"
    "{{ '[INST] ' ~ (messages[0].content ~ '\n\n' if messages[0].role == 'system' and loop.index0 == 1 else '') "
    "~ m.content ~ '[/INST]' }}"
    "{% elif m.role == 'assistant' %}{{ ' ' ~ m.content ~ eos_token }}{% endif %}{% endfor %}"
)
GEMMA = (
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system messages') }}"
    "{% endif %}{{ '<start_of_turn>' ~ ('model' if m.role == 'assistant' else m.role) ~ '\n' }}"
    "{{ (m.content | trim) ~ '<end_of_turn>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}"
)
TEMPLATES = {
    "plain": PLAIN,
    "chatml": CHATML,
    "qwen2": QWEN2,
    "qwen3": QWEN3,
    "llama3": LLAMA3,
    "llama2": LLAMA2,
    "mistral": MISTRAL,
    "gemma": GEMMA,
}
