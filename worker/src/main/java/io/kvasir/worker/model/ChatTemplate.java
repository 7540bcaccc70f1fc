package io.kvasir.worker.model;

import io.kvasir.worker.model.gguf.GgufMetadata;
import io.kvasir.worker.model.template.Template;
import io.kvasir.worker.model.template.TemplateException;
import io.kvasir.worker.model.tokenizer.Tokenizer;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns a conversation into the text the model was trained on, by the template in its file. The
 * result spells special tokens out, the begin-of-text token among them: encode it without adding
 * special tokens and with parsing them. Immutable; any thread.
 */
public final class ChatTemplate {

  private final @Nullable Template template;
  private final String problem;
  private final Map<String, Object> tokens;

  private ChatTemplate(@Nullable Template template, String problem, Map<String, Object> tokens) {
    this.template = template;
    this.problem = problem;
    this.tokens = tokens;
  }

  /**
   * A template from its source.
   *
   * @param bosToken spelling of the begin-of-text token; empty if there is none
   * @param eosToken spelling of the end-of-text token; empty if there is none
   * @param clock for templates that write today's date
   */
  public static ChatTemplate of(String source, String bosToken, String eosToken, Clock clock) {
    Map<String, Object> tokens = Map.of("bos_token", bosToken, "eos_token", eosToken);
    try {
      return new ChatTemplate(Template.parse(source, clock), "", tokens);
    } catch (TemplateException e) {
      return new ChatTemplate(null, "the model's chat template: " + e.getMessage(), tokens);
    }
  }

  static Optional<ChatTemplate> read(GgufMetadata metadata, Tokenizer tokenizer) {
    return metadata
        .text("tokenizer.chat_template")
        .map(source ->
            of(
                source,
                spelling(metadata, tokenizer, "bos"),
                spelling(metadata, tokenizer, "eos"),
                Clock.system(ZoneId.systemDefault())));
  }

  private static String spelling(GgufMetadata metadata, Tokenizer tokenizer, String token) {
    long id = metadata.whole("tokenizer.ggml." + token + "_token_id").orElse(-1);
    return id >= 0 && id < tokenizer.vocabularySize() ? tokenizer.tokenText((int) id) : "";
  }

  /** Why the template cannot be used at all; empty if it can. */
  public Optional<String> problem() {
    return problem.isEmpty() ? Optional.empty() : Optional.of(problem);
  }

  /**
   * Renders a conversation. Content is data: template tags in it are not looked at.
   *
   * @param addGenerationPrompt whether the text ends with the beginning of the model's answer
   * @throws ChatTemplateException if the template refuses these messages or fails
   */
  public String render(List<ChatTurn> turns, boolean addGenerationPrompt)
      throws ChatTemplateException {
    if (template == null) {
      throw new ChatTemplateException(problem, false);
    }
    List<Object> messages = new ArrayList<>();
    for (ChatTurn turn : turns) {
      Map<String, Object> message = new LinkedHashMap<>();
      message.put("role", turn.role());
      message.put("content", turn.content());
      messages.add(message);
    }
    Map<String, Object> variables = new LinkedHashMap<>(tokens);
    variables.put("messages", messages);
    variables.put("add_generation_prompt", addGenerationPrompt);
    try {
      return template.render(variables);
    } catch (TemplateException e) {
      String who =
          e.isRaised() ? "the model's chat template refuses: " : "the model's chat template: ";
      throw new ChatTemplateException(who + e.getMessage(), e.isRaised());
    }
  }
}
