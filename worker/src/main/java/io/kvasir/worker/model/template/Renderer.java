package io.kvasir.worker.model.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Carries out the statements of a template. */
final class Renderer {

  private enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  private final Budget budget;
  private final Contents contents;
  private final Evaluator evaluator;
  private final Scope root;

  Renderer(Budget budget, Scope root) {
    this.budget = budget;
    this.contents = new Contents(budget);
    this.evaluator = new Evaluator(budget);
    this.root = root;
  }

  String render(List<Statement> statements) {
    StringBuilder out = new StringBuilder();
    run(statements, root, out);
    return out.toString();
  }

  private Flow run(List<Statement> statements, Scope scope, StringBuilder out) {
    for (Statement statement : statements) {
      budget.spend(1);
      Flow flow = run(statement, scope, out);
      if (flow != Flow.NEXT) {
        return flow;
      }
    }
    return Flow.NEXT;
  }

  private Flow run(Statement statement, Scope scope, StringBuilder out) {
    switch (statement) {
      case Statement.Text text -> write(text.text(), out);
      case Statement.Output output -> write(text(output, scope), out);
      case Statement.If choice -> {
        return choose(choice, scope, out);
      }
      case Statement.For loop -> loop(loop, scope, out);
      case Statement.Set set ->
          assign(set.targets(), value(set.value(), scope, set.line()), scope, set.line());
      case Statement.SetAttribute set -> setAttribute(set, scope);
      case Statement.SetBlock set -> {
        StringBuilder inner = new StringBuilder();
        run(set.body(), new Scope(scope), inner);
        scope.set(set.target(), inner.toString());
      }
      case Statement.Macro macro -> scope.set(macro.name(), macro(macro));
      case Statement.Break _ -> {
        return Flow.BREAK;
      }
      case Statement.Continue _ -> {
        return Flow.CONTINUE;
      }
    }
    return Flow.NEXT;
  }

  private Object value(Expression expression, Scope scope, int line) {
    try {
      return evaluator.evaluate(expression, scope);
    } catch (TemplateException e) {
      throw e.atLine(line);
    }
  }

  private String text(Statement.Output output, Scope scope) {
    try {
      return contents.text(evaluator.evaluate(output.value(), scope));
    } catch (TemplateException e) {
      throw e.atLine(output.line());
    }
  }

  private void write(String text, StringBuilder out) {
    budget.spendChars(text.length());
    if (out.length() + (long) text.length() > Template.OUTPUT_CHARS_MAX) {
      throw new TemplateException(
          "the result is longer than " + Template.OUTPUT_CHARS_MAX + " characters");
    }
    out.append(text);
  }

  private Flow choose(Statement.If choice, Scope scope, StringBuilder out) {
    for (Statement.Branch branch : choice.branches()) {
      if (Values.isTrue(value(branch.condition(), scope, branch.line()))) {
        return run(branch.body(), scope, out);
      }
    }
    return run(choice.otherwise(), scope, out);
  }

  private void assign(List<String> targets, Object value, Scope scope, int line) {
    if (targets.size() == 1) {
      scope.set(targets.getFirst(), value);
      return;
    }
    if (!(value instanceof List<?> parts) || parts.size() != targets.size()) {
      throw new TemplateException(
          "line "
              + line
              + ": expected "
              + targets.size()
              + " values to assign, found "
              + Values.kind(value));
    }
    for (int i = 0; i < targets.size(); i++) {
      scope.set(targets.get(i), parts.get(i));
    }
  }

  private void setAttribute(Statement.SetAttribute set, Scope scope) {
    if (!(scope.get(set.namespace()) instanceof Namespace namespace)) {
      throw new TemplateException(
          "line " + set.line() + ": only attributes of a namespace can be set");
    }
    namespace.values().put(set.attribute(), value(set.value(), scope, set.line()));
  }

  private void loop(Statement.For loop, Scope scope, StringBuilder out) {
    List<Object> items = new ArrayList<>();
    Expression condition = loop.condition();
    for (Object item : items(loop, scope)) {
      Scope inner = new Scope(scope);
      assign(loop.targets(), item, inner, loop.line());
      if (condition == null || Values.isTrue(value(condition, inner, loop.line()))) {
        items.add(item);
      }
    }
    if (items.isEmpty()) {
      run(loop.otherwise(), scope, out);
      return;
    }
    for (int i = 0; i < items.size(); i++) {
      budget.spend(4);
      Scope inner = new Scope(scope);
      inner.set("loop", position(items, i));
      assign(loop.targets(), items.get(i), inner, loop.line());
      if (run(loop.body(), inner, out) == Flow.BREAK) {
        return;
      }
    }
  }

  private List<Object> items(Statement.For loop, Scope scope) {
    Object value = value(loop.items(), scope, loop.line());
    try {
      return contents.items(value);
    } catch (TemplateException e) {
      throw e.atLine(loop.line());
    }
  }

  private static Map<String, Object> position(List<Object> items, int index) {
    int size = items.size();
    Map<String, Object> loop = HashMap.newHashMap(10);
    loop.put("index", index + 1L);
    loop.put("index0", (long) index);
    loop.put("revindex", (long) size - index);
    loop.put("revindex0", (long) size - index - 1);
    loop.put("first", index == 0);
    loop.put("last", index == size - 1);
    loop.put("length", (long) size);
    loop.put("previtem", index == 0 ? new Undefined("loop.previtem") : items.get(index - 1));
    loop.put("nextitem", index == size - 1 ? new Undefined("loop.nextitem") : items.get(index + 1));
    Function cycle =
        arguments -> {
          arguments.require(0, "value");
          return arguments.positional().get(index % arguments.positional().size());
        };
    loop.put("cycle", cycle);
    return loop;
  }

  private Function macro(Statement.Macro macro) {
    return arguments -> {
      budget.enterCall();
      Scope scope = new Scope(root);
      for (int i = 0; i < macro.parameters().size(); i++) {
        String parameter = macro.parameters().get(i);
        @Nullable Expression absent = macro.defaults().get(i);
        if (arguments.has(i, parameter) || absent == null) {
          Undefined missing = new Undefined("the parameter '" + parameter + "'");
          scope.set(parameter, arguments.get(i, parameter, missing));
        } else {
          scope.set(parameter, evaluator.evaluate(absent, scope));
        }
      }
      StringBuilder out = new StringBuilder();
      run(macro.body(), scope, out);
      budget.leaveCall();
      return out.toString();
    };
  }
}
