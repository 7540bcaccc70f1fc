/** Which block lies where in a tier that outlives the process. */
@NullMarked
package io.kvasir.offload.index;

import org.jspecify.annotations.NullMarked;
