package io.kvasir.loadtest.report;

import java.util.List;
import java.util.Locale;

/** One chart as inline SVG. Colours come from the page: series i has class {@code s<i>}. */
public final class SvgChart {
  private static final int WIDTH = 560;
  private static final int HEIGHT = 300;
  private static final int LEFT = 68;
  private static final int RIGHT = 14;
  private static final int TOP = 16;
  private static final int BOTTOM = 44;

  /** About the width of a character above a bar. */
  private static final int CHARACTER = 6;

  private final Axis x;
  private final Axis y;
  private final StringBuilder marks = new StringBuilder();

  /** An empty chart. */
  public SvgChart(Axis x, Axis y) {
    this.x = x;
    this.y = y;
  }

  /** A line through points, each with its value as a tooltip. */
  public void line(int series, String name, List<Double> xs, List<Double> ys) {
    marks.append("<polyline class=\"line s").append(series).append("\" points=\"");
    for (int i = 0; i < xs.size(); i++) {
      marks.append(point(xs.get(i), ys.get(i))).append(' ');
    }
    marks.append("\"><title>").append(HtmlPage.escape(name)).append("</title></polyline>\n");
  }

  /** Dots with tooltips, for a line of few points. */
  public void dots(int series, List<Double> xs, List<Double> ys, List<String> tips) {
    for (int i = 0; i < xs.size(); i++) {
      marks.append(
          String.format(
              Locale.ROOT,
              "<circle class=\"dot s%d\" cx=\"%.1f\" cy=\"%.1f\""
                  + " r=\"3\"><title>%s</title></circle>\n",
              series,
              px(xs.get(i)),
              py(ys.get(i)),
              HtmlPage.escape(tips.get(i))));
    }
  }

  /**
   * A bar from 0, with its value as a tooltip, and above it where there is room.
   *
   * @param from its left end
   * @param to its right end
   */
  public void bar(int series, double from, double to, double value, String tip, String label) {
    double left = px(from);
    double width = px(to) - left;
    double top = py(value);
    marks.append(
        String.format(
            Locale.ROOT,
            "<rect class=\"bar s%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\""
                + " height=\"%.1f\"><title>%s</title></rect>\n",
            series,
            left,
            top,
            width,
            HEIGHT - BOTTOM - top,
            HtmlPage.escape(tip)));
    if (label.length() * CHARACTER <= width) {
      marks.append(
          String.format(
              Locale.ROOT,
              "<text class=\"value\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>\n",
              left + width / 2,
              top - 3,
              HtmlPage.escape(label)));
    }
  }

  /** The area between two lines over the same places. */
  public void area(int series, String name, List<Double> xs, List<Double> low, List<Double> high) {
    marks.append("<polygon class=\"area s").append(series).append("\" points=\"");
    for (int i = 0; i < xs.size(); i++) {
      marks.append(point(xs.get(i), high.get(i))).append(' ');
    }
    for (int i = xs.size() - 1; i >= 0; i--) {
      marks.append(point(xs.get(i), low.get(i))).append(' ');
    }
    marks.append("\"><title>").append(HtmlPage.escape(name)).append("</title></polygon>\n");
  }

  /** The whole chart. */
  public String svg(String label) {
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n",
            WIDTH,
            HEIGHT,
            HtmlPage.escape(label)));
    for (Axis.Tick tick : y.ticks()) {
      double at = py(tick.value());
      svg.append(
          String.format(
              Locale.ROOT,
              "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                  + "<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
              LEFT,
              WIDTH - RIGHT,
              at,
              at,
              LEFT - 7,
              at + 4,
              tick.label()));
    }
    for (Axis.Tick tick : x.ticks()) {
      double at = px(tick.value());
      if (x.scale() != Axis.Scale.CATEGORY) {
        svg.append(
            String.format(
                Locale.ROOT,
                "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>",
                at,
                at,
                TOP,
                HEIGHT - BOTTOM));
      }
      svg.append(
          String.format(
              Locale.ROOT,
              "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
              at,
              HEIGHT - BOTTOM + 17,
              HtmlPage.escape(tick.label())));
    }
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"axis\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
            (LEFT + WIDTH - RIGHT) / 2,
            HEIGHT - 6,
            HtmlPage.escape(x.title())));
    int middle = (TOP + HEIGHT - BOTTOM) / 2;
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"axis\" x=\"14\" y=\"%d\" text-anchor=\"middle\""
                + " transform=\"rotate(-90 14 %d)\">%s</text>\n",
            middle,
            middle,
            HtmlPage.escape(y.title())));
    return svg.append(marks).append("</svg>\n").toString();
  }

  private String point(double xValue, double yValue) {
    return String.format(Locale.ROOT, "%.1f,%.1f", px(xValue), py(yValue));
  }

  private double px(double value) {
    return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
  }

  private double py(double value) {
    return HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM);
  }
}
