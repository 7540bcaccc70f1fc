/** What executes batches, and what it promises. */
@NullMarked
package io.kvasir.worker.runner;

import org.jspecify.annotations.NullMarked;
