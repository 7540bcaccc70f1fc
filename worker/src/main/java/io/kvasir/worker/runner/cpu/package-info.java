/** Llama-family models on the processor. */
@NullMarked
package io.kvasir.worker.runner.cpu;

import org.jspecify.annotations.NullMarked;
