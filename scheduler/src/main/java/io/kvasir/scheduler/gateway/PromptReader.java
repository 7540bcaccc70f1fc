package io.kvasir.scheduler.gateway;

import static io.kvasir.proto.WireLimits.MAX_CHAT_MESSAGES;
import static io.kvasir.proto.WireLimits.MAX_PROMPT_CHARS;
import static io.kvasir.proto.WireLimits.MAX_ROLE_BYTES;

import io.kvasir.v1.ChatInput;
import io.kvasir.v1.ChatMessage;
import io.kvasir.v1.DetokenizeRequest;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.TokenIds;
import io.kvasir.v1.TokenizeRequest;
import io.kvasir.worker.model.ChatTemplate;
import io.kvasir.worker.model.ChatTemplateException;
import io.kvasir.worker.model.ChatTurn;
import java.util.ArrayList;
import java.util.List;

/** Turns text, a conversation or token ids into the prompt as the model sees it. */
public final class PromptReader {
  private final ServedModel model;

  /** A reader for one model. */
  public PromptReader(ServedModel model) {
    this.model = model;
  }

  /** The prompt of a generation; at least one token. */
  int[] read(GenerateRequest request) {
    int[] prompt =
        switch (request.getInputCase()) {
          case TEXT -> text(request.getText(), true);
          case CHAT -> chat(request.getChat());
          case TOKEN_IDS -> ids(request.getTokenIds());
          case INPUT_NOT_SET ->
              throw InvalidArgument.of("no input: set one of text, chat and token_ids");
        };
    if (prompt.length == 0) {
      throw InvalidArgument.of("prompt has 0 tokens; it must have at least 1");
    }
    return prompt;
  }

  /** The ids of text or of a conversation. */
  public int[] read(TokenizeRequest request) {
    return switch (request.getInputCase()) {
      case TEXT -> text(request.getText(), !request.getNoSpecial());
      case CHAT -> chat(request.getChat());
      case INPUT_NOT_SET -> throw InvalidArgument.of("no input: set one of text and chat");
    };
  }

  /** The text of ids; bytes that form no character become U+FFFD. */
  public String text(DetokenizeRequest request) {
    int[] ids = new int[request.getTokenIdsCount()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Limits.tokenId("token_ids", i, request.getTokenIds(i), model.vocabularySize());
    }
    return model.tokenizer().decode(ids);
  }

  private int[] text(String text, boolean addSpecial) {
    if (text.isEmpty()) {
      throw InvalidArgument.of("text is empty; it must have at least 1 character");
    }
    checkLength("text", text.length());
    return model.tokenizer().encode(text, addSpecial, true);
  }

  private int[] ids(TokenIds input) {
    int count = input.getIdsCount();
    if (count == 0) {
      throw InvalidArgument.of("token_ids is empty; it must have at least 1 id");
    }
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = Limits.tokenId("token_ids", i, input.getIds(i), model.vocabularySize());
    }
    return ids;
  }

  private int[] chat(ChatInput chat) {
    ChatTemplate template =
        model
            .chatTemplate()
            .orElseThrow(() ->
                InvalidArgument.of(
                    "chat: the model %s has no chat template; send text or token_ids",
                    model.name()));
    if (chat.getMessagesCount() == 0) {
      throw InvalidArgument.of("chat.messages is empty; it must have at least 1 message");
    }
    Limits.count("chat.messages", chat.getMessagesCount(), MAX_CHAT_MESSAGES);
    List<ChatTurn> turns = new ArrayList<>(chat.getMessagesCount());
    long length = 0;
    for (int i = 0; i < chat.getMessagesCount(); i++) {
      ChatMessage message = chat.getMessages(i);
      String field = "chat.messages[" + i + "].role";
      if (Limits.bytes(field, message.getRole(), MAX_ROLE_BYTES).isEmpty()) {
        throw InvalidArgument.of("%s is empty; it must have at least 1 byte", field);
      }
      length += message.getContent().length();
      turns.add(new ChatTurn(message.getRole(), message.getContent()));
    }
    checkLength("chat content", length);
    try {
      return encodeRendered(template.render(turns, true));
    } catch (ChatTemplateException e) {
      throw InvalidArgument.of("chat: the model's template does not take it: %s", e.getMessage());
    }
  }

  /** Templates spell special tokens out, the begin-of-text token among them. */
  private int[] encodeRendered(String rendered) {
    checkLength("rendered chat", rendered.length());
    return model.tokenizer().encode(rendered, false, true);
  }

  private static void checkLength(String field, long length) {
    if (length > MAX_PROMPT_CHARS) {
      throw InvalidArgument.of(
          "%s has %d UTF-16 units, the limit is %d", field, length, MAX_PROMPT_CHARS);
    }
  }
}
