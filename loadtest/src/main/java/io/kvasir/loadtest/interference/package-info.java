/** How much copies between tiers slow down the steps of those who are not copied. */
@NullMarked
package io.kvasir.loadtest.interference;

import org.jspecify.annotations.NullMarked;
