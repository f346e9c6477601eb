cd "$(dirname "$0")/../native"
for v in "amx -mamx-tile -mamx-bf16" "avx512"; do set -- $v; n=$1; shift
gcc -O3 -std=gnu11 -Wall -Wextra -Werror -shared -fPIC -fno-math-errno -mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512bf16 -mfma $@ -o linux-x64/kernels-$n.so *.c -lm -lpthread || exit 1; done
