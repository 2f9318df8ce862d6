import type { MultiPolygon } from "./density.js";

export interface Contours {
  size(size: [number, number]): this;
  contour(values: ArrayLike<number>, value: number): MultiPolygon;
}
export default function (): Contours;
