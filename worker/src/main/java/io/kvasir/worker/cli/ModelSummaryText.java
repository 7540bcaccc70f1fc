package io.kvasir.worker.cli;

import io.kvasir.worker.model.ModelSummary;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A model's summary as aligned lines for people. */
final class ModelSummaryText {

  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  private static final long EXACT_BYTES = 10 << 10;

  private ModelSummaryText() {}

  static String of(ModelSummary summary) {
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("file", summary.file() + " (" + size(summary.fileBytes()) + ")");
    lines.put("name", printable(summary.name()));
    lines.put("architecture", summary.architecture() + ", GGUF version " + summary.ggufVersion());
    lines.put("parameters", count(summary.parameters()));
    lines.put("layers", count(summary.layers()));
    lines.put("embedding", count(summary.embeddingLength()) + output(summary));
    lines.put("feed-forward", count(summary.feedForwardLength()));
    lines.put(
        "attention",
        "%d heads of %d, %d key-value heads%s"
            .formatted(
                summary.heads(),
                summary.headDim(),
                summary.kvHeads(),
                summary.qkvBias() ? ", biases" : ""));
    lines.put("context", count(summary.contextLength()) + " tokens");
    lines.put("rope", summary.rope());
    String name = "tensors";
    for (ModelSummary.TensorTypeCount type : summary.tensorTypes()) {
      lines.put(name, "%-5s x %d, %s".formatted(type.type(), type.tensors(), size(type.bytes())));
      name = " ".repeat(lines.size());
    }
    lines.put(
        "tokenizer",
        summary.tokenizer().kind()
            + ", "
            + count(summary.tokenizer().vocabularySize())
            + " tokens");
    String label = "special";
    for (ModelSummary.SpecialToken token : summary.tokenizer().specialTokens()) {
      lines.put(label, "%-7s %d %s".formatted(token.role(), token.id(), printable(token.text())));
      label = " ".repeat(lines.size());
    }
    lines.put("chat template", template(summary));
    lines.put(
        "KV cache",
        "%s per token, %s per block of %d tokens (%s elements, CPU arena)"
            .formatted(
                size(summary.kv().tokenBytes()),
                size(summary.kv().blockBytes()),
                summary.kv().blockTokens(),
                summary.kv().elementType()));
    lines.put("fingerprint", summary.fingerprint());
    return render(lines);
  }

  private static String render(Map<String, String> lines) {
    StringBuilder out = new StringBuilder();
    lines.forEach((label, value) ->
        out.append("%-14s".formatted(label.strip())).append(value).append(System.lineSeparator()));
    return out.toString();
  }

  private static String output(ModelSummary summary) {
    return summary.tiedOutput() ? ", output tied to it" : ", output of its own";
  }

  private static String template(ModelSummary summary) {
    if (!summary.chatTemplate()) {
      return "none";
    }
    String problem = summary.chatTemplateProblem();
    return problem == null ? "present" : "present but unusable: " + printable(problem);
  }

  /** A file may name itself anything; control characters must not reach a terminal. */
  private static String printable(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
            out.append("\\u%04x".formatted(c));
          } else {
            out.appendCodePoint(c);
          }
        });
    return out.toString();
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** Exact below 10 KiB, where a rounded size of a token or block would mislead. */
  private static String size(long bytes) {
    boolean wholeKib = bytes % 1024 == 0;
    if (bytes < EXACT_BYTES && !wholeKib) {
      return count(bytes) + " B";
    }
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    String form = value == Math.rint(value) ? "%.0f %s" : "%.1f %s";
    return String.format(Locale.ROOT, form, value, UNITS[unit]);
  }
}
