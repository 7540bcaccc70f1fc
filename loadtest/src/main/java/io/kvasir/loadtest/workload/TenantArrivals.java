package io.kvasir.loadtest.workload;

import static java.util.Comparator.comparingLong;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The arrivals of one tenant. They depend on the seed and the tenant's name only, so a tenant's
 * requests stay the same when others come and go. Confined to one thread.
 */
final class TenantArrivals implements Iterator<Arrival> {
  private static final double NANOS = 1e9;

  private final TenantMix mix;
  private final Randomness times;
  private final Randomness contents;
  private final long stream;
  private final double conversationsPerSecond;
  private final PriorityQueue<Arrival> turns =
      new PriorityQueue<>(comparingLong(Arrival::offsetNanos).thenComparingLong(Arrival::index));
  private double nextStartSeconds;
  private long conversations;
  private long requests;

  TenantArrivals(TenantMix mix, long seed) {
    this.mix = mix;
    times = Randomness.named(seed, mix.name() + "/times");
    contents = Randomness.named(seed, mix.name() + "/contents");
    stream = Randomness.named(0, mix.name()).nextLong();
    conversationsPerSecond = mix.ratePerSecond() / mix.turns().count().mean();
    nextStartSeconds = nextInterval();
  }

  @Override
  public boolean hasNext() {
    return !turns.isEmpty() || mayBegin();
  }

  @Override
  public Arrival next() {
    while (mayBegin()
        && (turns.isEmpty() || turns.peek().offsetNanos() > nextStartSeconds * NANOS)) {
      startConversation(nextStartSeconds);
      nextStartSeconds += nextInterval();
    }
    return turns.remove();
  }

  private boolean mayBegin() {
    return mix.conversations() == 0 || conversations < mix.conversations();
  }

  private double nextInterval() {
    return mix.process().unitInterval(times) / conversationsPerSecond;
  }

  private void startConversation(double startSeconds) {
    int count = mix.turns().count().sample(contents);
    String session = count == 1 ? "" : mix.name() + "-" + conversations;
    Conversation conversation = conversation();
    double seconds = startSeconds;
    for (int turn = 0; turn < count; turn++) {
      Prompt prompt = conversation.say();
      int maxTokens = mix.outputTokens().sample(contents);
      conversation.hear(maxTokens);
      turns.add(
          new Arrival(
              requests++,
              Math.round(seconds * NANOS),
              mix.name(),
              session,
              mix.priority(),
              prompt,
              maxTokens,
              mix.ignoreEos(),
              mix.sampling(),
              contents.nextLong(),
              mix.slo()));
      seconds += mix.turns().thinkSeconds() * contents.exponential();
    }
    conversations++;
  }

  private Conversation conversation() {
    return switch (mix.prompts()) {
      case PromptShape.Tokens shape -> new TokenConversation(shape);
      case PromptShape.Texts shape -> new TextConversation(shape);
    };
  }

  /** What has been said so far. */
  private interface Conversation {
    /** The prompt of the next turn. */
    Prompt say();

    /** Adds the model's answer. Real answers are not known beforehand: a stand-in of its length. */
    void hear(int tokens);
  }

  private final class TokenConversation implements Conversation {
    private final PromptShape.Tokens shape;
    private final long own = Randomness.mix(stream + 1 + conversations);
    private final List<Segment> said = new ArrayList<>();
    private long ownTokens;

    TokenConversation(PromptShape.Tokens shape) {
      this.shape = shape;
      if (shape.sharedPrefixTokens() > 0) {
        said.add(new Segment(stream, 0, shape.sharedPrefixTokens()));
      }
    }

    @Override
    public Prompt say() {
      add(shape.tokens().sample(contents));
      return new Prompt.Synthetic(said);
    }

    @Override
    public void hear(int tokens) {
      add(tokens);
    }

    private void add(int tokens) {
      said.add(new Segment(own, ownTokens, tokens));
      ownTokens += tokens;
    }
  }

  /** The script already contains what the model is taken to have said. */
  private final class TextConversation implements Conversation {
    private final List<String> script;
    private final StringBuilder said;
    private int turn;

    TextConversation(PromptShape.Texts shape) {
      script = shape.scripts().get(contents.nextInt(shape.scripts().size()));
      said = new StringBuilder(shape.sharedPrefix());
      if (!shape.numbered().isEmpty()) {
        add(shape.numbered() + " " + (conversations + 1) + ".");
      }
    }

    @Override
    public Prompt say() {
      add(script.get(turn++ % script.size()));
      return new Prompt.Text(said.toString());
    }

    @Override
    public void hear(int tokens) {}

    private void add(String text) {
      said.append(said.isEmpty() ? "" : " ").append(text);
    }
  }
}
