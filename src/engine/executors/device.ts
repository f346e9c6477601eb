/** Where graphs run. */
export const devices = ["cpu", "webgpu"] as const;

export type Device = (typeof devices)[number];
