package io.kvasir.loadtest.sim.experiment;

import static io.kvasir.loadtest.report.HtmlPage.escape;

import io.kvasir.loadtest.report.HtmlPage;
import io.kvasir.loadtest.sim.report.SimReportHtml;

/** An experiment's report as one page: goals, and tables and charts per comparison. */
public final class ExperimentHtml {
  private ExperimentHtml() {}

  /** The page. */
  public static String of(ExperimentReport report) {
    StringBuilder page = new StringBuilder();
    page.append(HtmlPage.begin("Kvasir experiment", report.name(), report.description()));
    page.append("<section class=\"wide\">\n<h2>Goals</h2>\n<table>\n<tbody>\n");
    for (Goal goal : report.goals()) {
      page.append("<tr><th>").append(escape(goal.goal())).append("</th><td>");
      page.append(goal.met() ? "met" : "missed").append("</td><td>");
      page.append(escape(goal.seen())).append("</td></tr>\n");
    }
    page.append("</tbody>\n</table>\n<ul>\n");
    report.notes().forEach(note -> page.append("<li>").append(escape(note)).append("</li>\n"));
    page.append("</ul>\n</section>\n");
    for (ExperimentReport.Part part : report.parts()) {
      page.append(
          SimReportHtml.sections(
              part.report(),
              ExperimentTable.headings(report),
              ExperimentTable.cells(report, part)));
    }
    return page.append(HtmlPage.END).toString();
  }
}
