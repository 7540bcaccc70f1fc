/** From logits to tokens. */
@NullMarked
package io.kvasir.worker.sample;

import org.jspecify.annotations.NullMarked;
