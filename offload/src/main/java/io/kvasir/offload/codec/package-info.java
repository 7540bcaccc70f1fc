/** How a block's bytes are written in a tier. */
@NullMarked
package io.kvasir.offload.codec;

import org.jspecify.annotations.NullMarked;
