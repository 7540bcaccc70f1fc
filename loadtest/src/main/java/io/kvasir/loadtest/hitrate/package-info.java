/** Replays the prompts of a trace through a cache of block metadata, with several policies. */
@NullMarked
package io.kvasir.loadtest.hitrate;

import org.jspecify.annotations.NullMarked;
