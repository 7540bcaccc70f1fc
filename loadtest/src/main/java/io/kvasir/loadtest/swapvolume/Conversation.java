package io.kvasir.loadtest.swapvolume;

import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.OutputText;
import io.kvasir.scheduler.request.RequestListener;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.worker.step.TokenScore;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** One conversation: its tokens so far, and when its next turn comes. One thread. */
final class Conversation implements RequestListener, OutputText {
  private static final Piece NO_TEXT = new Piece("", false);
  private static final int VOCABULARY = 1 << 15;

  private final int id;
  private final ConversationShape shape;
  private final SplittableRandom random;
  private int[] tokens = {};
  private int turn;
  private long dueStep;
  private boolean running;
  private long step;

  Conversation(int id, ConversationShape shape, SplittableRandom random) {
    this.id = id;
    this.shape = shape;
    this.random = random;
    this.dueStep = random.nextLong(shape.spreadSteps());
  }

  /** Token ids that a model would have; all are at least 3. */
  static int vocabularySize() {
    return VOCABULARY;
  }

  boolean isOver() {
    return turn == shape.turns() && !running;
  }

  /** Whether the next turn begins in this step; to be called for every step. */
  boolean isDue(long now) {
    step = now;
    return !running && turn < shape.turns() && dueStep <= now;
  }

  /** Begins the next turn. */
  RequestSpec nextTurn() {
    int before = tokens.length;
    tokens = Arrays.copyOf(tokens, before + 1 + random.nextInt(shape.userTokensMax()));
    for (int i = before; i < tokens.length; i++) {
      tokens[i] = 3 + random.nextInt(VOCABULARY - 3);
    }
    turn++;
    running = true;
    int priority = random.nextInt(shape.priorities());
    return RequestSpec.draft(
            "conversation-" + id + "-turn-" + turn,
            "tenant",
            tokens,
            1 + random.nextInt(shape.answerTokensMax()))
        .priority(priority)
        .arrivalNanos(step)
        .build();
  }

  @Override
  public void onToken(int index, int tokenId, String text, List<TokenScore> candidates) {
    tokens = Arrays.copyOf(tokens, tokens.length + 1);
    tokens[tokens.length - 1] = tokenId;
  }

  @Override
  public void onFinished(FinishedEvent finished) {
    running = false;
    dueStep = step + 1 + random.nextInt(shape.pauseStepsMax());
  }

  @Override
  public Piece append(int tokenId) {
    return NO_TEXT;
  }

  @Override
  public String finish() {
    return "";
  }
}
