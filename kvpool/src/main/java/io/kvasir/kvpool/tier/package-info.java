/**
 * The tiers below the device arena: what they are, and the copies between them as values that
 * planner and copy engine share.
 */
@NullMarked
package io.kvasir.kvpool.tier;

import org.jspecify.annotations.NullMarked;
