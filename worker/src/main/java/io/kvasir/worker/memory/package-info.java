/** The memory of the runners. */
@NullMarked
package io.kvasir.worker.memory;

import org.jspecify.annotations.NullMarked;
