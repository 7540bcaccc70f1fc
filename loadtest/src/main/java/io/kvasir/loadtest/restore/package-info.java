/** The real scheduler bringing back KV over an emulated link, in a time of its own. */
@NullMarked
package io.kvasir.loadtest.restore;

import org.jspecify.annotations.NullMarked;
