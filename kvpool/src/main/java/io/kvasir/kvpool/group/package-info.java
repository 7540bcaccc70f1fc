/** Which slot of an arena is given to whom, so that what belongs together lies together. */
@NullMarked
package io.kvasir.kvpool.group;

import org.jspecify.annotations.NullMarked;
