/** Moves blocks between the device arena and the tiers, asynchronously. */
@NullMarked
package io.kvasir.offload.copy;

import org.jspecify.annotations.NullMarked;
