/** The few system calls, through the foreign function interface. */
@NullMarked
package io.kvasir.offload.os;

import org.jspecify.annotations.NullMarked;
