package io.kvasir.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.v1.ChatInput;
import io.kvasir.v1.ChatMessage;
import io.kvasir.v1.DetokenizeRequest;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.StopConditions;
import io.kvasir.v1.TokenizeRequest;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A conversation reaches the model as the model's own template renders it. */
class ChatThroughTheStackTest {
  @Test
  void messagesAreRenderedByTheTemplateOfTheFile() throws IOException {
    ChatInput chat =
        ChatInput.newBuilder()
            .addMessages(turn("user", "Who went up to the mountain?"))
            .addMessages(turn("assistant", "Moses went up."))
            .addMessages(turn("user", "And who came down?"))
            .build();
    try (Stack stack = Stack.embedded(Golden.bundled().model(), 64, 512)) {
      Generation generation =
          stack.generate(
              GenerateRequest.newBuilder()
                  .setChat(chat)
                  .setStop(StopConditions.newBuilder().setMaxTokens(12).setIgnoreEos(true))
                  .build());
      List<Integer> prompt = generation.accepted().getPromptTokenIdsList();

      assertThat(text(stack, prompt))
          .isEqualTo("Who went up to the mountain?\n\nMoses went up.\n\nAnd who came down?\n\n");
      assertThat(
              stack
                  .stub()
                  .tokenize(TokenizeRequest.newBuilder().setChat(chat).build())
                  .getTokenIdsList())
          .isEqualTo(prompt);
      assertThat(text(stack, generation.tokenIds())).isEqualTo(generation.text());
      assertThat(generation.tokenIds()).hasSize(12);
    }
  }

  private static String text(Stack stack, List<Integer> tokenIds) {
    return stack
        .stub()
        .detokenize(DetokenizeRequest.newBuilder().addAllTokenIds(tokenIds).build())
        .getText();
  }

  private static ChatMessage turn(String role, String content) {
    return ChatMessage.newBuilder().setRole(role).setContent(content).build();
  }
}
