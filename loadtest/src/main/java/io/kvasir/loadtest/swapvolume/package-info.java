/** How much KV swapping moves, with and without copies that stay. */
@NullMarked
package io.kvasir.loadtest.swapvolume;

import org.jspecify.annotations.NullMarked;
