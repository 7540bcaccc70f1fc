package io.kvasir.loadtest.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** What every page of a report begins and ends with; it needs nothing from outside. */
public final class HtmlPage {
  /** The end of a page. */
  public static final String END = "</main>\n</body>\n</html>\n";

  private HtmlPage() {}

  /**
   * The beginning of a page, with its heading.
   *
   * @param kind what kind of report it is
   * @param title what it is about
   * @param description one sentence
   */
  public static String begin(String kind, String title, String description) {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>"
        + escape(kind + ": " + title)
        + "</title>\n<style>\n"
        + style()
        + "</style>\n</head>\n<body>\n<main>\n<header>\n<p class=\"kicker\">"
        + escape(kind)
        + "</p>\n<h1>"
        + escape(title)
        + "</h1>\n<p>"
        + escape(description)
        + "</p>\n</header>\n";
  }

  /** Text as it may stand in an element or attribute. */
  public static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String style() {
    try (InputStream in = HtmlPage.class.getResourceAsStream("report.css")) {
      return new String(
          Objects.requireNonNull(in, "report.css").readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
