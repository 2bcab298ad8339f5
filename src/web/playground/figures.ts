/** The figures of a lane's windows as they come in, kept as columns for the charts. */
import { FIGURES, type FigureName, type FigureWindows } from "./engine/protocol.ts";

export class FigureHistory {
  /** By FIGURES; NaN: no such figure in that window. */
  private readonly columns: number[][] = FIGURES.map(() => []);
  /** Grows with every change. */
  turn = 0;

  get length(): number {
    return this.columns[0].length;
  }

  column(figure: FigureName): readonly number[] {
    return this.columns[FIGURES.indexOf(figure)];
  }

  /** The last window's figure; NaN where there is none. */
  last(figure: FigureName): number {
    return this.column(figure).at(-1) ?? NaN;
  }

  /** After a seek back `first` is less than what is here: what lay ahead is forgotten. */
  append({ first, count, columns }: FigureWindows): void {
    if (count === 0 && first === this.length) return;
    this.turn++;
    for (const [index, column] of this.columns.entries()) {
      column.length = first;
      for (let i = 0; i < count; i++) column.push(columns[index][i]);
    }
  }
}
