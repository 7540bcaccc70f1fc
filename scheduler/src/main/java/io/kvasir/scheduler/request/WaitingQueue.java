package io.kvasir.scheduler.request;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait, in the order in which a policy admits them. Every call costs at most a number
 * of comparisons that grows with the logarithm of the size, spread over the calls; none looks at
 * all requests, and none allocates once the arrays have grown. Confined to the scheduler loop.
 */
public interface WaitingQueue {

  /** Takes a request that is not in it. */
  void add(Request request);

  /**
   * Takes a request out.
   *
   * @throws IllegalStateException if it is not here
   */
  void remove(Request request);

  int size();

  default boolean isEmpty() {
    return size() == 0;
  }

  /**
   * Who is admitted next; null only if the queue is empty. It may change with every call that
   * changes the queue or anybody's service, and as time passes.
   */
  @Nullable Request head(long now);

  /**
   * Who is admitted next if some tenants step aside; null if all do. A tenant does if the first of
   * its requests does; for the others it is not asked. Costs a little for each tenant that does, or
   * for each of its requests that is before the answer where the queue knows no tenants; allocates.
   */
  @Nullable Request headBut(Predicate<Request> stepsAside, long now);

  /**
   * Who may be admitted before the head while there is no room for that; null: nobody. To be asked
   * right after {@link #head}.
   */
  @Nullable Request runnerUp(long now);

  /** Shows every request, in no order. For checks and reports. */
  void forEach(Consumer<Request> action);

  /** One sentence per contradiction; empty if there is none. */
  List<String> violations();
}
