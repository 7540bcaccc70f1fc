/** How much of a disk the SSD tier leaves over. */
@NullMarked
package io.kvasir.loadtest.disk;

import org.jspecify.annotations.NullMarked;
