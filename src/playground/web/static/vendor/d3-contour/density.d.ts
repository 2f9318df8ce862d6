export interface MultiPolygon {
  value: number;
  coordinates: [number, number][][][];
}
export interface Density<T> {
  x(x: (datum: T) => number): this;
  y(y: (datum: T) => number): this;
  size(size: [number, number]): this;
  cellSize(size: number): this;
  bandwidth(bandwidth: number): this;
  contours(data: Iterable<T>): { (value: number): MultiPolygon; readonly max: number };
}
export default function <T>(): Density<T>;
