package io.kvasir.worker.model.template;

import java.time.Clock;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A parsed template. Immutable; any thread. */
public final class Template {

  /** Longest template, characters. */
  static final int SOURCE_CHARS_MAX = 1 << 20;

  /** Longest result, characters. */
  static final int OUTPUT_CHARS_MAX = 32 << 20;

  /** Most steps of one rendering; a real template takes some hundred per message. */
  private static final long STEPS_MAX = 5_000_000;

  private static final int RANGE_MAX = 100_000;

  private final List<Statement> statements;
  private final Clock clock;

  private Template(List<Statement> statements, Clock clock) {
    this.statements = statements;
    this.clock = clock;
  }

  /**
   * Parses a template.
   *
   * @param clock what {@code strftime_now} reads
   * @throws TemplateException if it is malformed or uses a tag that is not supported
   */
  public static Template parse(String source, Clock clock) {
    if (source.length() > SOURCE_CHARS_MAX) {
      throw new TemplateException(
          "the template has " + source.length() + " characters, the limit is " + SOURCE_CHARS_MAX);
    }
    try {
      return new Template(TemplateParser.parse(source), clock);
    } catch (StackOverflowError _) {
      throw new TemplateException("the template is nested too deep");
    }
  }

  /**
   * Renders the template. Strings among the variables are data: no tag inside them is looked at.
   *
   * @throws TemplateException if it fails, spends too much or refuses its input
   */
  public String render(Map<String, Object> variables) {
    Budget budget = new Budget(STEPS_MAX, OUTPUT_CHARS_MAX);
    Scope globals = new Scope(null);
    function(
        globals,
        "raise_exception",
        arguments -> {
          Object message = arguments.require(0, "message");
          throw TemplateException.raised(new Contents(budget).text(message));
        });
    function(globals, "namespace", arguments -> new Namespace(arguments.named()));
    function(globals, "dict", arguments -> new LinkedHashMap<>(arguments.named()));
    function(globals, "range", arguments -> range(arguments, budget));
    function(
        globals,
        "strftime_now",
        arguments -> {
          String format = arguments.text(0, "format");
          budget.spend(format.length());
          return DateFormat.format(format, LocalDateTime.now(clock));
        });
    Scope root = new Scope(globals);
    variables.forEach(root::set);
    try {
      return new Renderer(budget, root).render(statements);
    } catch (StackOverflowError _) {
      throw new TemplateException("the template is nested too deep");
    }
  }

  private static void function(Scope scope, String name, Function function) {
    scope.set(name, function);
  }

  private static List<Object> range(Arguments arguments, Budget budget) {
    long first = arguments.whole(0, "start", 0);
    boolean single = arguments.positional().size() == 1;
    long from = single ? 0 : first;
    long to = single ? first : arguments.whole(1, "stop", 0);
    long step = arguments.whole(2, "step", 1);
    List<Object> numbers = new ArrayList<>();
    if (step == 0) {
      throw new TemplateException("the step of range is 0");
    }
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      if (numbers.size() == RANGE_MAX) {
        throw new TemplateException("a range has more than " + RANGE_MAX + " numbers");
      }
      numbers.add(i);
    }
    budget.spend(numbers.size());
    return numbers;
  }
}
