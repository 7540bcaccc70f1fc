/** A model file as a whole: shape, weights, tokenizer and chat template. */
@NullMarked
package io.kvasir.worker.model;

import org.jspecify.annotations.NullMarked;
