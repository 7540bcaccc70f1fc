package io.kvasir.worker.model.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A parsed piece of a template. */
sealed interface Statement {

  record Text(String text) implements Statement {}

  record Output(Expression value, int line) implements Statement {}

  record If(List<Branch> branches, List<Statement> otherwise) implements Statement {}

  record Branch(Expression condition, List<Statement> body, int line) {}

  record For(
      List<String> targets,
      Expression items,
      @Nullable Expression condition,
      List<Statement> body,
      List<Statement> otherwise,
      int line)
      implements Statement {}

  record Set(List<String> targets, Expression value, int line) implements Statement {}

  record SetAttribute(String namespace, String attribute, Expression value, int line)
      implements Statement {}

  record SetBlock(String target, List<Statement> body) implements Statement {}

  record Macro(
      String name,
      List<String> parameters,
      List<@Nullable Expression> defaults,
      List<Statement> body)
      implements Statement {}

  record Break() implements Statement {}

  record Continue() implements Statement {}
}
