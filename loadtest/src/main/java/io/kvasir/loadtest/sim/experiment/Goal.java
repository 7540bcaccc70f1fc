package io.kvasir.loadtest.sim.experiment;

/**
 * What was hoped for and what was seen.
 *
 * @param goal in words, with the bound
 * @param met whether it was reached
 * @param seen the figures it was judged by
 */
public record Goal(String goal, boolean met, String seen) {}
