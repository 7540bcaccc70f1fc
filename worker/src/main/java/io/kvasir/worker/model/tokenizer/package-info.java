/** Text to token ids and back. */
@NullMarked
package io.kvasir.worker.model.tokenizer;

import org.jspecify.annotations.NullMarked;
