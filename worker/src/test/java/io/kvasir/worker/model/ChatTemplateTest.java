package io.kvasir.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Templates against what Jinja2 makes of them, and what they must not be able to do. */
final class ChatTemplateTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-03T15:04:05Z"), ZoneOffset.UTC);
  private static final List<ChatTurn> HELLO = List.of(new ChatTurn("user", "Hello"));

  @TempDir private Path folder;

  static Stream<Arguments> goldenCases() throws IOException {
    try (InputStream json =
        ChatTemplateTest.class.getResourceAsStream("/golden/chat-templates.json")) {
      List<Arguments> cases = new ArrayList<>();
      for (JsonNode style :
          new ObjectMapper().readTree(Objects.requireNonNull(json)).get("templates")) {
        String name = style.get("name").asText();
        String source = style.get("template").asText();
        style.get("cases").forEach(example -> cases.add(Arguments.of(name, source, example)));
      }
      return cases.stream();
    }
  }

  @ParameterizedTest(name = "{0} {index}")
  @MethodSource("goldenCases")
  void rendersAsJinja2Does(String name, String source, JsonNode example)
      throws ChatTemplateException {
    List<ChatTurn> turns = new ArrayList<>();
    for (JsonNode message : example.get("messages")) {
      turns.add(new ChatTurn(message.get("role").asText(), message.get("content").asText()));
    }
    ChatTemplate template = template(source);
    boolean generate = example.get("generate").asBoolean();
    if (example.get("expected").isNull()) {
      assertThatThrownBy(() -> template.render(turns, generate))
          .isInstanceOf(ChatTemplateException.class);
    } else {
      assertThat(template.render(turns, generate))
          .as(name)
          .isEqualTo(example.get("expected").asText());
    }
  }

  @Test
  void contentIsNeverParsed() throws ChatTemplateException {
    ChatTemplate template =
        template("{{ messages[0].content }}{{ messages[0]['content'] | trim }}");
    String hostile = "{{ 7 * 7 }}{% for m in messages %}x{% endfor %}{# #}";
    assertThat(template.render(List.of(new ChatTurn("user", hostile)), true))
        .isEqualTo(hostile + hostile);
  }

  @Test
  void refusalOfTheTemplateIsTheCallersMistake() {
    assertThatThrownBy(
            () -> template("{{ raise_exception('No system role') }}").render(HELLO, true))
        .isInstanceOfSatisfying(
            ChatTemplateException.class, e -> assertThat(e.isRefused()).isTrue())
        .hasMessage("the model's chat template refuses: No system role");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      value = {
        "{{ missing.x }} @ line 1: 'missing' is undefined",
        "{{ 'a' + 1 }} @ line 1: cannot apply + to a string and an integer",
        "{{ messages[0].content.nope() }}"
            + " @ line 1: the attribute 'nope' of a string is undefined",
        "{{ messages | nope }} @ line 1: the filter 'nope' is not supported here",
        "{{ 1 is nope }} @ line 1: the test 'nope' is not supported here",
        "{{ 1 // 0 }} @ line 1: arithmetic failed: / by zero",
        "{{ 9223372036854775807 + 1 }} @ line 1: arithmetic failed: long overflow",
        "{{ strftime_now('%Q') }} @ line 1: the date field %Q is not supported",
        "{{ messages() }} @ line 1: a list cannot be called",
        "{{ ''.__class__.__mro__ }} @ line 1: the attribute '__class__' of a string is undefined",
        "{{ messages.getClass() }}" + " @ line 1: the attribute 'getClass' of a list is undefined",
        "{% for x in 5 %}{% endfor %} @ line 1: an integer cannot be iterated over",
        "{% for a, b in messages %}{% endfor %} @ line 1: expected 2 values to assign, found a"
            + " dict",
        "{% set messages.x = 1 %} @ line 1: only attributes of a namespace can be set",
        "{% for x in [1] %}{{ loop.cycle() }}{% endfor %} @ line 1: the argument value is missing",
      })
  void failuresNameTheLineAndTheReason(String source, String problem) {
    assertThatThrownBy(() -> template(source).render(HELLO, true))
        .isInstanceOfSatisfying(
            ChatTemplateException.class, e -> assertThat(e.isRefused()).isFalse())
        .hasMessage("the model's chat template: " + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      value = {
        "{% include 'x' %} @ line 1: the tag 'include' is not supported here",
        "{% if x %} @ line 1: expected one of the tags [elif, else, endif], found the end of the"
            + " template",
        "{{ x @ line 1: a tag is not closed by }}",
        "{{ 'x }} @ line 1: a string is not closed",
        "{# x @ line 1: a comment is not closed",
        "{{ x y }} @ line 1: expected '}}', found 'y'",
        "{{ $ }} @ line 1: unexpected character $",
        "{% break %} @ line 1: 'break' stands outside a loop",
        "{% endif %} @ line 1: the tag 'endif' is not supported here",
      })
  void malformedTemplatesAreKnownAtOnce(String source, String problem) {
    ChatTemplate template = template(source);
    assertThat(template.problem()).contains("the model's chat template: " + problem);
    assertThatThrownBy(() -> template.render(HELLO, true))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessage("the model's chat template: " + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      value = {
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
            + " @ takes more than 5000000 steps",
        "{{ range(1000000000000) }} @ a range has more than 100000 numbers",
        "{{ 'abc' * 1000000000000 }} @ a text is longer than 33554432 characters",
        "{% set n = namespace(s='x') %}{% for i in range(60) %}{% set n.s = n.s + n.s %}{% endfor"
            + " %} @ a text is longer than 33554432 characters",
        "{% for i in range(9999) %}{{ 'x' * 9999 }}{% endfor %}"
            + " @ the result is longer than 33554432 characters",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"
            + " @ macros call each other more than 32 deep",
        "{{ 'x' | replace('', 'yyyyyyyyyyyyyyyyyy' * 1000000) }}"
            + " @ a text is longer than 33554432 characters",
        "{% for c in 'x' * 33000000 %}{% endfor %} @ takes more than 5000000 steps",
        "{{ ('a' * 16000000).find('a' * 8000000 ~ 'b') }} @ takes more than 5000000 steps",
      })
  void workAndOutputAreBounded(String source, String problem) {
    assertThatThrownBy(() -> template(source).render(HELLO, true))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageEndingWith(problem);
  }

  /** Sixty steps make a list that holds 2^60 items, all of them the same few lists. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      value = {
        "{{ n.l }} @ takes more than 5000000 steps",
        "{{ n.l | string | length }} @ takes more than 5000000 steps",
        "{{ n.l | tojson }} @ takes more than 5000000 steps",
        "{{ n.l == n.m }} @ takes more than 5000000 steps",
        "{{ n.l in [n.m] }} @ takes more than 5000000 steps",
        "{{ n.d == n.e }} @ takes more than 5000000 steps",
        "{{ {n.l: 1} }} @ a list cannot be a key",
        "{{ {}.get(n.d) }} @ a dict cannot be a key",
        "{{ [n.l, n.m] | unique }} @ a list cannot be a key",
        "{{ raise_exception(n.l) }} @ takes more than 5000000 steps",
      })
  void valuesThatHoldThemselvesManyTimesAreBounded(String use, String problem) {
    String source =
        "{% set n = namespace(l=[1], m=[1], d={}, e={}) %}{% for i in range(60) %}"
            + "{% set n.l = [n.l, n.l] %}{% set n.m = [n.m, n.m] %}"
            + "{% set n.d = {1: n.d, 2: n.d} %}{% set n.e = {1: n.e, 2: n.e} %}{% endfor %}";
    assertThatThrownBy(() -> template(source + use).render(HELLO, true))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageEndingWith(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      value = {
        "{{ 'abc'[1::9223372036854775807] }} @ b",
        "{{ 'abc'[1::-9223372036854775807] }} @ b",
        "{{ ['a'] | map(filter='upper') | join }} @ A",
        "{{ [1] | tojson(indent=2000000000) | length }} @ 1005",
        "{{ {'a': [1, 2.0]} == {'a': [1.0, 2]} }} @ True",
        "{{ namespace(a=1) == namespace(a=1) }} @ False",
        "{% for x in [1] %}{{ loop.cycle('a', 'b') }}{% endfor %} @ a",
      })
  void corners(String source, String expected) throws ChatTemplateException {
    assertThat(template(source).render(HELLO, true)).isEqualTo(expected);
  }

  @Test
  void deepNestingIsRefused() {
    String brackets = "{{ " + "[".repeat(5000) + "]".repeat(5000) + " }}";
    assertThat(template(brackets).problem().orElseThrow()).endsWith("nested more than 200 deep");
    String sum = "{{ 1" + " + 1".repeat(200_000) + " }}";
    assertThatThrownBy(() -> template(sum).render(HELLO, true))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageEndingWith("the template is nested too deep");
  }

  @Test
  void datesComeFromTheClock() throws ChatTemplateException {
    assertThat(template("{{ strftime_now('%d %b %Y, %A %H:%M %%') }}").render(HELLO, true))
        .isEqualTo("03 Nov 2026, Tuesday 15:04 %");
  }

  @Test
  void templateAndTokensComeFromTheFile() throws ChatTemplateException {
    Path file =
        TinyModel.llama(1)
            .gguf()
            .text(
                "tokenizer.chat_template",
                "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}")
            .write(folder.resolve("chat.gguf"));
    try (ModelFile model = ModelFile.open(file)) {
      assertThat(model.chatTemplate().orElseThrow().render(HELLO, true)).isEqualTo("<s>Hello</s>");
    }
    try (ModelFile model = ModelFile.open(TinyModel.llama(1).write(folder))) {
      assertThat(model.chatTemplate()).isEmpty();
    }
  }

  private static ChatTemplate template(String source) {
    return ChatTemplate.of(source, "<s>", "</s>", CLOCK);
  }
}
