package io.kvasir.loadtest.swapvolume;

/**
 * Synthetic conversations of several turns. Lengths are uniform; arrivals and pauses are in steps.
 *
 * @param conversations how many
 * @param turns of each
 * @param userTokensMax tokens that a turn adds to the conversation, from 1
 * @param answerTokensMax tokens generated in a turn, from 1
 * @param spreadSteps conversations begin within so many steps
 * @param pauseStepsMax steps between an answer and the next turn, from 1
 * @param priorities each turn has one of so many, at random
 * @param seed decides all of that
 */
public record ConversationShape(
    int conversations,
    int turns,
    int userTokensMax,
    int answerTokensMax,
    int spreadSteps,
    int pauseStepsMax,
    int priorities,
    long seed) {

  /** Tokens of the longest conversation there may be. */
  int contextLength() {
    return turns * (userTokensMax + answerTokensMax);
  }
}
