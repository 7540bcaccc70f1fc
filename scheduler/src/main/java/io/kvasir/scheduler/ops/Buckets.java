package io.kvasir.scheduler.ops;

/** Histogram bounds, seconds. The first three are vLLM's own, so that dashboards carry over. */
final class Buckets {
  static final double[] TIME_TO_FIRST_TOKEN = {
    .001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640,
    2560
  };
  static final double[] INTER_TOKEN = {
    .01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80
  };
  static final double[] REQUEST = {
    .3, .5, .8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680
  };
  static final double[] STEP = {
    .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5
  };
  static final double[] PLAN = {
    .000001, .0000025, .000005, .00001, .000025, .00005, .0001, .00025, .0005, .001, .01
  };

  private Buckets() {}
}
