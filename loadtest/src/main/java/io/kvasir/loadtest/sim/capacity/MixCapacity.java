package io.kvasir.loadtest.sim.capacity;

import io.kvasir.loadtest.sim.device.DeviceProfile;
import io.kvasir.loadtest.sim.device.ModelShape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What one kind of device does for a mix of SLO classes whose requests are of one size: together in
 * one batch, or each class on devices of its own. Both figures are 0 if a class cannot be met.
 *
 * @param classes of the mix, at least one; their shares sum to 1
 * @param rows what a device does for each class alone, in the order of the classes
 */
public record MixCapacity(List<SloClass> classes, List<Capacity> rows) {
  /** Keeps the lists unmodifiable, and refuses those that do not belong together. */
  public MixCapacity {
    classes = List.copyOf(classes);
    rows = List.copyOf(rows);
    if (classes.isEmpty() || classes.size() != rows.size()) {
      throw new IllegalArgumentException(
          "%d classes and %d rows".formatted(classes.size(), rows.size()));
    }
  }

  /** Works out the row of each class; the parameters are those of {@link Capacity#of}. */
  public static MixCapacity of(
      List<SloClass> classes,
      ModelShape model,
      DeviceProfile device,
      int inputTokens,
      int outputTokens,
      double memoryShare,
      long reserveBytes) {
    List<Capacity> rows =
        classes.stream()
            .map(each ->
                Capacity.of(
                    model,
                    device,
                    inputTokens,
                    outputTokens,
                    memoryShare,
                    reserveBytes,
                    each.targets()))
            .toList();
    return new MixCapacity(classes, rows);
  }

  /**
   * The row that decides when classes share a batch: that of the tightest TBT target, or any
   * without one. Only the targets differ between rows, so the batch of this one suits them all.
   */
  public Capacity shared() {
    int tightest = 0;
    for (int i = 1; i < classes.size(); i++) {
      int target = classes.get(i).targets().tbtMillis();
      int least = classes.get(tightest).targets().tbtMillis();
      if (target > 0 && (least == 0 || target < least)) {
        tightest = i;
      }
    }
    return rows.get(tightest);
  }

  /** Whether each class meets its targets on a device of its own, and so in a shared batch. */
  public boolean meetsTargets() {
    return rows.stream().allMatch(row -> row.meetsTtft() && row.requestsPerSecond() > 0);
  }

  /** Requests/s of the whole mix on one device whose batch all classes share. */
  public double sharedRequestsPerSecond() {
    return meetsTargets() ? shared().requestsPerSecond() : 0;
  }

  /** Requests/s of the whole mix per device, if each class has devices of its own. */
  public double separateRequestsPerSecond() {
    return meetsTargets() ? 1 / devicesPerRequestPerSecond() : 0;
  }

  /** Share of the devices that a class needs for itself; 0: the mix cannot be met. */
  public double deviceShare(int index) {
    return meetsTargets() ? need(index) / devicesPerRequestPerSecond() : 0;
  }

  private double devicesPerRequestPerSecond() {
    return IntStream.range(0, rows.size()).mapToDouble(this::need).sum();
  }

  private double need(int index) {
    return classes.get(index).share() / rows.get(index).requestsPerSecond();
  }
}
