/** The hash oracle: a model that checks the memory management under it. */
@NullMarked
package io.kvasir.worker.runner.hash;

import org.jspecify.annotations.NullMarked;
