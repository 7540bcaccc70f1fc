package io.kvasir.loadtest.cli;

import io.kvasir.loadtest.report.HtmlReport;
import io.kvasir.loadtest.report.LoadReport;
import io.kvasir.loadtest.report.ReportJson;
import io.kvasir.loadtest.report.ReportTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Where a report goes. */
final class ReportOptions {
  private static final String STANDARD_OUTPUT = "-";

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--json",
      arity = "0..1",
      fallbackValue = STANDARD_OUTPUT,
      paramLabel = "FILE",
      description =
          "Write the report as one JSON object to this file, or without one to the standard"
              + " output, where nothing else is then printed.")
  private @Nullable Path json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write the report as a self-contained page with charts.")
  private @Nullable Path html;

  /** Whether the standard output belongs to the JSON object. */
  boolean jsonToStandardOutput() {
    return json != null && json.toString().equals(STANDARD_OUTPUT);
  }

  /** Where words for people go. */
  PrintWriter talk() {
    return jsonToStandardOutput() ? spec.commandLine().getErr() : out();
  }

  /** Refuses files that could not be written, before anything is run for them. */
  void check() {
    OutputFiles.check(spec, "--json", jsonToStandardOutput() ? null : json);
    OutputFiles.check(spec, "--html", html);
  }

  /**
   * Prints and writes the report. Printing comes first: a full disk shall not cost the figures.
   *
   * @throws IOException naming the file that cannot be written
   */
  void write(LoadReport report) throws IOException {
    if (jsonToStandardOutput()) {
      out().println(ReportJson.text(report));
    } else {
      out().print(ReportTable.of(report));
    }
    out().flush();
    if (json != null && !jsonToStandardOutput()) {
      OutputFiles.write("--json", json, ReportJson.text(report) + "\n");
    }
    if (html != null) {
      OutputFiles.write("--html", html, HtmlReport.of(report));
      talk().println("Report: " + html.toAbsolutePath());
      talk().flush();
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
