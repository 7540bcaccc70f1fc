package io.kvasir.loadtest.sim.report;

import java.util.ArrayList;
import java.util.List;

/** Cells in columns for a terminal: the first to the left, the others to the right. */
public final class TextTable {
  private TextTable() {}

  /** The table, lines ended by newlines. */
  public static String of(List<String> headings, List<List<String>> rows) {
    List<List<String>> all = new ArrayList<>();
    all.add(headings);
    all.addAll(rows);
    int[] widths = new int[headings.size()];
    for (List<String> row : all) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder out = new StringBuilder();
    for (List<String> row : all) {
      for (int i = 0; i < widths.length; i++) {
        String pad = " ".repeat(widths[i] - row.get(i).length());
        out.append(i == 0 ? row.get(i) + pad : "  " + pad + row.get(i));
      }
      out.append('\n');
    }
    return out.toString();
  }
}
