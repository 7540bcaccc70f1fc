/**
 * What is done for sessions between their turns: KV that a caller has hinted at is protected, moved
 * out of the arena, or brought back in time. Every hint is honoured, or refused in words. Start
 * reading at {@code Sessions}.
 *
 * <p>One session, step by step. Blocks have 16 tokens, the tenant's quota is 100 blocks.
 *
 * <ol>
 *   <li>A request of tenant {@code a} and session {@code s} comes with {@code ttl_ms = 60000},
 *       {@code demote} and {@code resume_expected_in_ms = 20000}. {@code Sessions} notes that a
 *       turn is under way; the planner knows nothing of it.
 *   <li>The turn ends with 400 computed tokens, 25 full blocks. While its table still holds them,
 *       {@code Protection} claims all 25: what a tier holds is pinned there, the rest is stored and
 *       pinned. The tenant is charged for 25 blocks, less those that its other sessions protect
 *       already. Had it 8 left, the first 8 were claimed, for only a prefix is of use, and the
 *       answer would read <i>kept 128 of 400 tokens: the tenant's KV quota of 100 blocks is used
 *       up</i>.
 *   <li>{@code demote}: the stores go as swap-outs do, and each block of the arena is free when its
 *       copy was observed.
 *   <li>The terminal event of the request carries the {@code SessionOutcome}.
 *   <li>Shortly before the 20 seconds are over, by twice the time that loading takes by measured
 *       speeds, {@code Resumption} orders loads of the 25 blocks. They arrive as cached blocks.
 *   <li>The next turn finds 25 blocks in the arena. While it runs nothing expires. At its end the
 *       longer chain is protected, for another 60 seconds.
 *   <li>No further turn comes: after 60 seconds the pins end and the session is forgotten. Its
 *       blocks are cached ones like any other.
 * </ol>
 *
 * <p>Where no tier has room, blocks are held in the arena instead. A request that lacks blocks
 * takes those back, from the session that expires first, before it preempts another or waits; what
 * was taken is counted, and named in the session's next outcome.
 *
 * <p>Hints live in memory. After a restart no session is known; what a persistent tier kept is
 * found as any cached prefix is.
 */
@NullMarked
package io.kvasir.scheduler.session;

import org.jspecify.annotations.NullMarked;
