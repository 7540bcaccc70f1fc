/**
 * In which tiers a block's bytes are valid, and what is in flight between them. Start reading at
 * {@code Residency}.
 */
@NullMarked
package io.kvasir.kvpool.residency;

import org.jspecify.annotations.NullMarked;
