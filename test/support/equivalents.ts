/**
 * Mutants of kernel/resource.c (6.12) that nothing can tell from the original, each with the reason; found among the
 * survivors of the search by reading them. `nth`: among the mutants of its function, from 0.
 */
export interface Equivalent {
  readonly function: string;
  readonly nth: number;
  readonly why: string;
}

const sameValue = 'assigns a value where it is there already';
const disjoint = 'the two operands have no bit in common';
const emptyRange = 'an empty range is refused by the function that it calls';
const splitAgain = 'a start that still lies in the conflict is moved past it in the next round';

export const equivalents: readonly Equivalent[] = [
  {
    function: 'find_next_iomem_res',
    nth: 0,
    why: 'children of a region that ends before the range end before it, too',
  },
  { function: 'find_next_iomem_res', nth: 2, why: 'its callers stop before they ask for a range of one address' },
  { function: '__walk_iomem_res_desc', nth: 0, why: emptyRange },
  { function: 'walk_system_ram_res_rev', nth: 4, why: emptyRange },
  { function: 'walk_system_ram_range', nth: 4, why: emptyRange },
  { function: 'resource_clip', nth: 0, why: sameValue },
  { function: 'resource_clip', nth: 1, why: sameValue },
  { function: 'reallocate_resource', nth: 0, why: 'what it initialises is assigned before it is read' },
  { function: 'reallocate_resource', nth: 2, why: 'regions with children were refused before' },
  { function: 'insert_resource_expand_to_fit', nth: 3, why: sameValue },
  { function: 'insert_resource_expand_to_fit', nth: 4, why: sameValue },
  { function: '__reserve_region_with_split', nth: 1, why: disjoint },
  { function: '__reserve_region_with_split', nth: 13, why: splitAgain },
  { function: '__reserve_region_with_split', nth: 14, why: splitAgain },
  { function: '__reserve_region_with_split', nth: 15, why: disjoint },
  { function: 'reserve_region_with_split', nth: 9, why: sameValue },
  { function: 'reserve_region_with_split', nth: 10, why: sameValue },
  { function: '__request_region_locked', nth: 3, why: disjoint },
  { function: 'release_mem_region_adjustable', nth: 7, why: disjoint },
  { function: 'resource_is_exclusive', nth: 1, why: 'it is assigned before it is read' },
  {
    function: 'resource_is_exclusive',
    nth: 7,
    why: 'children of a region that ends before the range end before it, too',
  },
];
