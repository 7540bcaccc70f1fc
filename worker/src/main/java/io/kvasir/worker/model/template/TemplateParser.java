package io.kvasir.worker.model.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses the tags of a template. */
final class TemplateParser {

  private final TokenStream tokens;
  private final ExpressionParser expressions;
  private int loops;

  private TemplateParser(TokenStream tokens) {
    this.tokens = tokens;
    this.expressions = new ExpressionParser(tokens);
  }

  static List<Statement> parse(String source) {
    TemplateParser parser = new TemplateParser(new TokenStream(Lexer.tokens(source)));
    List<Statement> statements = parser.body(Set.of());
    if (parser.tokens.peek().kind() != Token.Kind.END) {
      throw parser.tokens.unexpected("text or a tag");
    }
    return statements;
  }

  /** Statements up to a tag with one of these names, whose name is the next token. */
  private List<Statement> body(Set<String> ends) {
    tokens.enter();
    List<Statement> statements = new ArrayList<>();
    while (true) {
      switch (tokens.peek().kind()) {
        case TEXT -> statements.add(new Statement.Text(tokens.next().text()));
        case OUTPUT_BEGIN -> {
          int line = tokens.next().line();
          statements.add(new Statement.Output(expressions.tuple(), line));
          tokens.expect(Token.Kind.OUTPUT_END, "'}}'");
        }
        case BLOCK_BEGIN -> {
          tokens.next();
          Token tag = tokens.expect(Token.Kind.NAME, "the name of a tag");
          if (ends.contains(tag.text())) {
            tokens.leave();
            lastTag = tag.text();
            return statements;
          }
          tag(tag, statements);
        }
        case END -> {
          if (!ends.isEmpty()) {
            throw tokens.unexpected("one of the tags " + ends.stream().sorted().toList());
          }
          tokens.leave();
          return statements;
        }
        case OUTPUT_END, BLOCK_END, NAME, STRING, WHOLE, REAL, OPERATOR ->
            throw tokens.unexpected("text or a tag");
      }
    }
  }

  /** The tag that ended the last body. */
  private String lastTag = "";

  private void tag(Token tag, List<Statement> out) {
    switch (tag.text()) {
      case "if" -> out.add(ifTag(tag.line()));
      case "for" -> out.add(forTag(tag.line()));
      case "set" -> out.add(set(tag.line()));
      case "macro" -> out.add(macro());
      case "generation" -> {
        endTag();
        out.addAll(body(Set.of("endgeneration")));
        endTag();
      }
      case "break" -> out.add(loopControl(tag, new Statement.Break()));
      case "continue" -> out.add(loopControl(tag, new Statement.Continue()));
      default ->
          throw new TemplateException(
              "line " + tag.line() + ": the tag '" + tag.text() + "' is not supported here");
    }
  }

  private void endTag() {
    tokens.expect(Token.Kind.BLOCK_END, "'%}'");
  }

  private Statement loopControl(Token tag, Statement statement) {
    if (loops == 0) {
      throw new TemplateException(
          "line " + tag.line() + ": '" + tag.text() + "' stands outside a loop");
    }
    endTag();
    return statement;
  }

  private Statement ifTag(int firstLine) {
    List<Statement.Branch> branches = new ArrayList<>();
    List<Statement> otherwise = List.of();
    int line = firstLine;
    do {
      Expression condition = expressions.tuple();
      endTag();
      branches.add(new Statement.Branch(condition, body(Set.of("elif", "else", "endif")), line));
      line = tokens.peek().line();
    } while (lastTag.equals("elif"));
    if (lastTag.equals("else")) {
      endTag();
      otherwise = body(Set.of("endif"));
    }
    endTag();
    return new Statement.If(branches, otherwise);
  }

  private Statement forTag(int line) {
    List<String> targets = names();
    tokens.expectName("in");
    Expression items = expressions.or();
    Expression condition = tokens.acceptName("if") ? expressions.expression() : null;
    endTag();
    loops++;
    List<Statement> body = body(Set.of("else", "endfor"));
    loops--;
    List<Statement> otherwise = List.of();
    if (lastTag.equals("else")) {
      endTag();
      otherwise = body(Set.of("endfor"));
    }
    endTag();
    return new Statement.For(targets, items, condition, body, otherwise, line);
  }

  private List<String> names() {
    boolean brackets = tokens.acceptOperator("(");
    List<String> names = new ArrayList<>();
    do {
      names.add(tokens.expect(Token.Kind.NAME, "a name").text());
    } while (tokens.acceptOperator(","));
    if (brackets) {
      tokens.expectOperator(")");
    }
    return names;
  }

  private Statement set(int line) {
    List<String> targets = names();
    String first = targets.getFirst();
    if (tokens.acceptOperator(".")) {
      String attribute = tokens.expect(Token.Kind.NAME, "an attribute").text();
      tokens.expectOperator("=");
      Expression value = expressions.tuple();
      endTag();
      return new Statement.SetAttribute(first, attribute, value, line);
    }
    if (tokens.acceptOperator("=")) {
      Expression value = expressions.tuple();
      endTag();
      return new Statement.Set(targets, value, line);
    }
    endTag();
    List<Statement> body = body(Set.of("endset"));
    endTag();
    return new Statement.SetBlock(first, body);
  }

  private Statement macro() {
    String name = tokens.expect(Token.Kind.NAME, "the name of a macro").text();
    tokens.expectOperator("(");
    List<String> parameters = new ArrayList<>();
    List<@Nullable Expression> defaults = new ArrayList<>();
    while (!tokens.acceptOperator(")")) {
      parameters.add(tokens.expect(Token.Kind.NAME, "a parameter").text());
      defaults.add(tokens.acceptOperator("=") ? expressions.expression() : null);
      if (!tokens.isOperator(")")) {
        tokens.expectOperator(",");
      }
    }
    endTag();
    int outerLoops = loops;
    loops = 0;
    List<Statement> body = body(Set.of("endmacro"));
    loops = outerLoops;
    endTag();
    return new Statement.Macro(name, parameters, defaults, body);
  }
}
