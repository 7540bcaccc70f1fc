/** Step plans, step results, and the engine that turns one into the other. */
@NullMarked
package io.kvasir.worker.step;

import org.jspecify.annotations.NullMarked;
