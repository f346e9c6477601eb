/** Where graphs run: in float32 on the processor, in bfloat16 on its matrix units, or on a GPU. */
export const devices = ["cpu", "cpu-bf16", "webgpu"] as const;
export type Device = (typeof devices)[number];

/** `auto` is settled for each model by `chooseDevice`. */
export const deviceChoices = ["auto", ...devices] as const;
export type DeviceChoice = (typeof deviceChoices)[number];
