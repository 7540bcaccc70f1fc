package io.kvasir.loadtest.sim.report;

import static io.kvasir.loadtest.report.HtmlPage.escape;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What the figures rest on, as a part of a page: facts as a list, what differs by system a table.
 */
final class AssumptionsHtml {
  private final StringBuilder facts = new StringBuilder();
  private final StringBuilder tables = new StringBuilder();

  private AssumptionsHtml() {}

  static String of(Map<String, Object> assumptions) {
    AssumptionsHtml html = new AssumptionsHtml();
    assumptions.forEach(html::fact);
    return "<section class=\"wide\">\n<h2>Assumptions</h2>\n<dl>\n"
        + html.facts
        + "</dl>\n"
        + html.tables
        + "</section>\n";
  }

  private void fact(String name, Object value) {
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, inner) -> fact(name + " " + key, inner));
    } else if (value instanceof List<?> list && list.size() > 1 && isOfMaps(list)) {
      table(name, list);
    } else if (value instanceof List<?> list) {
      list.forEach(inner -> fact(name, inner));
    } else {
      facts.append("<dt>").append(escape(words(name))).append("</dt><dd>");
      facts.append(escape(text(name, value))).append("</dd>\n");
    }
  }

  private static boolean isOfMaps(List<?> list) {
    return list.stream().allMatch(Map.class::isInstance);
  }

  /** A line per key, a column per map. */
  private void table(String name, List<?> maps) {
    Set<String> keys = new LinkedHashSet<>();
    maps.forEach(map -> ((Map<?, ?>) map).keySet().forEach(key -> keys.add(String.valueOf(key))));
    tables.append("<h3>").append(escape(words(name))).append("</h3>\n<table>\n<tbody>\n");
    for (String key : keys) {
      tables.append("<tr><th>").append(escape(words(key))).append("</th>");
      for (Object map : maps) {
        Object value = ((Map<?, ?>) map).get(key);
        tables.append("<td class=\"left\">");
        tables.append(value == null ? "" : escape(text(key, value))).append("</td>");
      }
      tables.append("</tr>\n");
    }
    tables.append("</tbody>\n</table>\n");
  }

  private static String words(String name) {
    return name.replace('_', ' ');
  }

  /** Figures in groups of three digits; a seed is no figure. */
  private static String text(String name, Object value) {
    if (value instanceof List<?> list) {
      return String.join(", ", list.stream().map(String::valueOf).toList());
    }
    boolean whole = value instanceof Number number && number.doubleValue() % 1 == 0;
    return whole && !name.endsWith("seed")
        ? String.format(Locale.ROOT, "%,.0f", ((Number) value).doubleValue())
        : String.valueOf(value);
  }
}
